/* Maps of counted points on land without borders; the list beside each map says the same without this script. */
"use strict";
(() => {
  const L = window.L;
  const MOST_ZOOM = 8; // the coast is drawn for 1:50 million; closer, it would look more exact than it is
  const NEAR_PX = 34;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* TopoJSON (quantised, arcs as differences) to rings of [latitude, longitude]: the specification, section 2.2. */
  const rings = (topology) => {
    const { scale, translate } = topology.transform;
    const arcs = topology.arcs.map((arc) => {
      let x = 0;
      let y = 0;
      return arc.map(([dx, dy]) => {
        x += dx;
        y += dy;
        return [y * scale[1] + translate[1], x * scale[0] + translate[0]];
      });
    });
    const ring = (numbers) =>
      unrolled(numbers.flatMap((n) => (n < 0 ? [...arcs[~n]].reverse() : arcs[n]).slice(0, -1)));
    const polygons = topology.objects.land.geometries.flatMap((shape) =>
      (shape.type === "Polygon" ? [shape.arcs] : shape.arcs).map((polygon) => polygon.map(ring)));
    const crosses = (polygon, side) => polygon[0].some(([, east]) => side * east > 180.01);
    const moved = (polygon, by) => polygon.map((line) => line.map(([north, east]) => [north, east + by]));
    return [
      ...polygons,
      ...polygons.filter((polygon) => crosses(polygon, 1)).map((polygon) => moved(polygon, -360)),
      ...polygons.filter((polygon) => crosses(polygon, -1)).map((polygon) => moved(polygon, 360)),
    ];
  };
  /* A coast that crosses the 180th meridian goes on beyond it; one that circles a pole is closed over the pole. */
  const unrolled = (line) => {
    let turn = 0;
    let last = line[0][1];
    const found = line.map(([north, east]) => {
      if (east - last > 180) turn -= 360;
      else if (last - east > 180) turn += 360;
      last = east;
      return [north, east + turn];
    });
    const [first, end] = [found[0], found[found.length - 1]];
    return Math.abs(end[1] - first[1]) > 300 ? [...found, [Math.sign(end[0]) * 90, end[1]], [Math.sign(end[0]) * 90, first[1]]] : found;
  };
  const lands = new Map();
  const land = (address) => {
    if (!lands.has(address)) {
      lands.set(address, fetch(address).then((answer) => answer.json()).then(rings));
    }
    return lands.get(address);
  };

  const events = (count, noun) => `${count} ${count === 1 ? noun : `${noun}s`}`;
  const element = (name, text, href) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (href) made.href = href;
    return made;
  };

  /* Points that would touch at this zoom become one circle, around the point that counts most. */
  const grouped = (map, points) => {
    const groups = [];
    for (const point of points) {
      const at = map.project([point.latitude, point.longitude]);
      const near = groups.find((group) => group.at.distanceTo(at) < NEAR_PX);
      if (near) {
        near.points.push(point);
        near.count += point.count;
      } else {
        groups.push({ at, points: [point], count: point.count });
      }
    }
    return groups.sort((a, b) => b.count - a.count);
  };
  const size = (count) => Math.round(Math.min(20 + 6 * Math.log2(count), 56));

  const listed = (group, noun) => {
    const list = document.createElement("ul");
    for (const point of group.points) {
      const item = document.createElement("li");
      item.append(point.href ? element("a", point.name, point.href) : element("span", point.name));
      if (point.event) item.append(": ", element("a", point.event, point.event_href));
      else if (noun) item.append(` · ${events(point.count, noun)}`);
      list.append(item);
    }
    return list;
  };
  const named = (group, noun) => {
    const [first, ...others] = group.points;
    const name = others.length ? `${first.name} and ${events(others.length, "place")} near it` : first.name;
    return noun ? `${name}: ${events(group.count, noun)}` : name;
  };

  const caption = ({ points: [first, ...others] }) => (others.length ? `${first.name} +${others.length}` : first.name);

  /* Names stand beside circles where they cover neither a circle nor another name. */
  const withRoom = (groups) => {
    const taken = groups.map(({ at, count }) => [at.x - size(count) / 2, at.y - size(count) / 2, at.x + size(count) / 2, at.y + size(count) / 2]);
    const shown = new Set();
    for (const group of groups) {
      const left = group.at.x + size(group.count) / 2 + 3;
      const box = [left, group.at.y - 8, left + caption(group).length * 7, group.at.y + 8];
      if (taken.every((other) => box[2] < other[0] || other[2] < box[0] || box[3] < other[1] || other[3] < box[1])) {
        shown.add(group);
        taken.push(box);
      }
    }
    return shown;
  };

  /* Draw points {name, href, latitude, longitude, count, area, event, event_href} into an element; returns Leaflet's map. */
  const draw = (host, points, { noun = host.dataset.noun, landAddress = host.dataset.land } = {}) => {
    host.hidden = false;
    const map = L.map(host, {
      minZoom: 0, maxZoom: MOST_ZOOM, maxBounds: [[-88, -220], [88, 220]], scrollWheelZoom: false, zoomSnap: 0.5,
      zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still,
    });
    map.attributionControl.setPrefix("");
    map.attributionControl.addAttribution("Leaflet · Natural Earth");
    // the wheel scrolls the page until somebody is at work on the map
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
    const circles = L.layerGroup().addTo(map);
    const bounds = L.latLngBounds(points.map((point) => [point.latitude, point.longitude]));
    const redraw = () => {
      circles.clearLayers();
      const groups = grouped(map, points);
      const room = withRoom(groups);
      for (const group of groups) {
        const [first] = group.points;
        const face = document.createElement("span");
        face.textContent = noun && group.count > 1 ? String(group.count) : "";
        const label = element("span", caption(group));
        label.className = "map-name";
        if (room.has(group)) face.append(label);
        const side = size(group.count);
        const whole = group.points.every((point) => point.area) ? " area" : "";
        const title = named(group, noun);
        const icon = L.divIcon({ className: `map-dot${whole}`, html: face, iconSize: [side, side] });
        const marker = L.marker([first.latitude, first.longitude], { icon, title, alt: title, riseOnHover: true });
        const around = L.latLngBounds(group.points.map((point) => [point.latitude, point.longitude]));
        const apart = map.getZoom() < MOST_ZOOM && !around.getNorthEast().equals(around.getSouthWest());
        if (apart) marker.on("click keypress", (event) => {
          if (event.type === "click" || event.originalEvent.key === "Enter") map.fitBounds(around.pad(0.2), { maxZoom: MOST_ZOOM, animate: !still });
        });
        else marker.bindPopup(() => listed(group, noun), { maxWidth: 260 });
        marker.addTo(circles);
        marker.getElement().setAttribute("aria-label", title);
      }
    };
    map.fitBounds(bounds, { padding: [36, 36], maxZoom: 5, animate: false });
    map.on("zoomend", redraw);
    redraw();
    land(landAddress).then((shapes) => {
      L.polygon(shapes, { className: "map-land", interactive: false, smoothFactor: 0.6 }).addTo(map).bringToBack();
      host.dataset.drawn = "";
    });
    return map;
  };

  window.kgMap = { draw, land };
  for (const figure of document.querySelectorAll(".map-figure")) {
    draw(figure.querySelector(".map"), JSON.parse(figure.querySelector("script").textContent));
  }
})();
