/* Views of a query's answer beside the editor's own table: a map, a timeline, and names beside IRIs. */
"use strict";
(() => {
  const { Yasr } = window.Yasgui;
  const MOST_LANES = 300; // more lines than this are a list, not a drawing
  const MOST_NAMES = 500; // IRIs in one query for names
  const SVG = "http://www.w3.org/2000/svg";
  const landAddress = document.getElementById("yasgui").dataset.land;
  const settings = JSON.parse(document.getElementById("query-settings").textContent);
  const local = (iri) => (iri.startsWith(settings.base) ? `/${iri.slice(settings.base.length)}` : iri);
  const webAddress = (cell) => (cell && cell.type === "uri" && /^https?:/.test(cell.value) ? local(cell.value) : "");

  /* --- reading the columns ------------------------------------------------------------------------------------- */

  const DATE = /^(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):(\d\d)|Z|[+-]\d\d:\d\d|$)/;
  const isDate = (cell) => /#(date|dateTime|gYear|gYearMonth)$/.test((cell && cell.datatype) || "") && DATE.test(cell.value);
  const isPlain = (cell) => cell && cell.type !== "uri" && cell.type !== "bnode" && !/#(date|dateTime|gYear|gYearMonth|wktLiteral|integer|decimal|double|boolean)$/.test(cell.datatype || "") && !position(cell.value);
  const some = (rows, name, test) => rows.some((row) => row[name] && test(row[name]));

  /* GeoSPARQL: longitude first unless the literal names EPSG:4326, whose axes are latitude and longitude. */
  const position = (text) => {
    const found = /^\s*(?:<([^>]*)>)?\s*POINT\s*Z?\s*\(\s*(-?[\d.]+(?:e-?\d+)?)\s+(-?[\d.]+(?:e-?\d+)?)/i.exec(text);
    if (!found) return null;
    const [first, second] = [Number(found[2]), Number(found[3])];
    const [latitude, longitude] = /4326$/.test(found[1] || "") ? [first, second] : [second, first];
    return onEarth(latitude, longitude) ? { latitude, longitude } : null;
  };
  const onEarth = (latitude, longitude) => Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  const numeric = (cell) => cell.value.trim() !== "" && Number.isFinite(Number(cell.value));

  const positions = (variables, rows) => {
    const literal = variables.find((name) => some(rows, name, (cell) => cell.type !== "uri" && position(cell.value)));
    if (literal) return (row) => row[literal] && position(row[literal].value);
    const north = variables.find((name) => /(^|_)(lat|latitude|north)$|Lat(itude)?$/.test(name) && some(rows, name, numeric));
    const east = variables.find((name) => /(^|_)(lon|lng|long|longitude|east)$|Lo?ng?(itude)?$/.test(name) && some(rows, name, numeric));
    if (!north || !east) return null;
    return (row) => {
      if (!row[north] || !row[east] || !numeric(row[north]) || !numeric(row[east])) return null;
      const [latitude, longitude] = [Number(row[north].value), Number(row[east].value)];
      return onEarth(latitude, longitude) ? { latitude, longitude } : null;
    };
  };

  /* The column that names a row: one called so, else the first of words, else the first of IRIs. */
  const naming = (variables, rows) => {
    const words = variables.filter((name) => some(rows, name, isPlain));
    const label = words.find((name) => /(label|name|headline|title)$/i.test(name)) || words[0];
    const things = variables.filter((name) => some(rows, name, (cell) => cell.type === "uri"));
    const stem = label ? label.replace(/_?(label|name)$/i, "") : "";
    const thing = things.find((name) => stem && name === stem) || things[0];
    return {
      label: (row) => (row[label] || row[thing] || { value: "" }).value,
      href: (row) => webAddress(row[thing]),
    };
  };
  const answer = (yasr) => {
    const results = yasr.results;
    const rows = (results && !results.hasError() && results.getBindings()) || [];
    return { variables: (rows.length && results.getVariables()) || [], rows };
  };
  const icon = (path) => {
    const svg = draw("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" });
    svg.append(draw("path", { d: path }));
    return svg;
  };
  const draw = (name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const note = (host, text) => {
    const line = document.createElement("p");
    line.className = "small soft";
    line.textContent = text;
    host.append(line);
  };

  /* --- map ------------------------------------------------------------------------------------------------------ */

  class MapView {
    constructor(yasr) {
      this.yasr = yasr;
      this.label = "Map";
      this.priority = 5;
    }
    canHandleResults() {
      const { variables, rows } = answer(this.yasr);
      const read = positions(variables, rows);
      return Boolean(read) && rows.some(read);
    }
    getIcon() {
      return icon("M8 0a5 5 0 0 0-5 5c0 3.6 5 11 5 11s5-7.4 5-11a5 5 0 0 0-5-5zm0 7a2 2 0 1 1 0-4 2 2 0 0 1 0 4z");
    }
    draw() {
      const { variables, rows } = answer(this.yasr);
      const read = positions(variables, rows);
      const { label, href } = naming(variables, rows);
      const counted = variables.find((name) => /(^n|count|number|total)$/i.test(name) && some(rows, name, numeric));
      const points = rows.flatMap((row) => {
        const at = read(row);
        const count = counted && row[counted] ? Math.max(1, Math.round(Number(row[counted].value)) || 1) : 1;
        return at ? [{ ...at, name: label(row), href: href(row), count }] : [];
      });
      points.sort((a, b) => b.count - a.count);
      const host = document.createElement("div");
      host.className = "map answer-map";
      host.setAttribute("role", "region");
      host.setAttribute("aria-label", "The answer on a map");
      this.yasr.resultsEl.append(host);
      this.map = window.kgMap.draw(host, points, { noun: counted || "row", landAddress });
      const left = rows.length - points.length;
      note(this.yasr.resultsEl, `${points.length} rows on the map${left ? `; ${left} without a position` : ""}. Land: Natural Earth; no borders are drawn.`);
    }
    destroy() {
      if (this.map) this.map.remove();
      this.map = undefined;
    }
  }

  /* --- timeline ------------------------------------------------------------------------------------------------- */

  /* The day on which a value begins (or, with `end`, the day on which it ends), in milliseconds. */
  const moment = (cell, end) => {
    const [, year, month, day, hour, minute] = DATE.exec(cell.value);
    const at = new Date(0);
    if (day) at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
    else if (month) at.setUTCFullYear(Number(year), Number(month) - (end ? 0 : 1), end ? 0 : 1);
    else at.setUTCFullYear(Number(year), end ? 11 : 0, end ? 31 : 1);
    if (hour) at.setUTCHours(Number(hour), Number(minute));
    return at.getTime();
  };
  const DAY = 86_400_000;
  const STEPS = [1, 7, 30.44, 91.3, 365.25, 1826.25, 3652.5, 18262.5, 36525].map((days) => days * DAY);
  const ticks = (first, last, most) => {
    const step = STEPS.find((length) => (last - first) / length <= most) || (last - first) / most;
    const found = [];
    for (let at = new Date(first); at.getTime() <= last; ) {
      if (step >= 365 * DAY) {
        const years = Math.round(step / (365.25 * DAY));
        at.setUTCMonth(0, 1);
        at.setUTCFullYear(Math.ceil(at.getUTCFullYear() / years) * years);
        if (at.getTime() >= first && at.getTime() <= last) found.push([at.getTime(), String(at.getUTCFullYear())]);
        at = new Date(at);
        at.setUTCFullYear(at.getUTCFullYear() + years);
      } else if (step >= 30 * DAY) {
        const months = Math.round(step / (30.44 * DAY));
        at.setUTCDate(1);
        if (at.getTime() >= first) found.push([at.getTime(), at.toLocaleDateString("en-GB", { month: "short", year: "numeric", timeZone: "UTC" })]);
        at = new Date(at);
        at.setUTCMonth(at.getUTCMonth() + months);
      } else {
        at.setUTCHours(0, 0, 0, 0);
        if (at.getTime() >= first) found.push([at.getTime(), at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })]);
        at = new Date(at.getTime() + step);
      }
    }
    return found;
  };

  class Timeline {
    constructor(yasr) {
      this.yasr = yasr;
      this.label = "Timeline";
      this.priority = 4;
    }
    dates() {
      const { variables, rows } = answer(this.yasr);
      return variables.filter((name) => some(rows, name, isDate));
    }
    canHandleResults() {
      return this.dates().length > 0;
    }
    getIcon() {
      return icon("M0 3h9v2H0zM4 7h10v2H4zM2 11h6v2H2zM12 11h4v2h-4z");
    }
    draw() {
      const { variables, rows } = answer(this.yasr);
      const { label, href } = naming(variables, rows);
      const dates = this.dates();
      const first = dates.find((name) => /earliest|start|begin|from/i.test(name)) || dates[0];
      const last = dates.find((name) => name !== first && /latest|end|until|to$/i.test(name)) || first;
      const items = rows.flatMap((row) => {
        const [begin, end] = [row[first] || row[last], row[last] || row[first]];
        if (!begin || !isDate(begin) || !isDate(end)) return [];
        const times = [moment(begin, false), moment(end, true)];
        const words = begin.value === end.value ? begin.value : `${begin.value} – ${end.value}`;
        return [{ from: Math.min(...times), to: Math.max(...times), name: label(row), href: href(row), words }];
      });
      items.sort((a, b) => a.from - b.from || a.to - b.to);
      const scroll = document.createElement("div");
      scroll.className = "answer-timeline";
      scroll.tabIndex = 0;
      scroll.setAttribute("role", "region");
      scroll.setAttribute("aria-label", "The answer on a timeline");
      this.yasr.resultsEl.append(scroll);
      scroll.append(lanes(items.slice(0, MOST_LANES), Math.max(320, scroll.clientWidth - 2)));
      const left = rows.length - items.length;
      const cut = items.length - MOST_LANES;
      note(this.yasr.resultsEl, `${Math.min(items.length, MOST_LANES)} rows by date${cut > 0 ? `; ${cut} later ones are not drawn` : ""}${left ? `; ${left} without a date` : ""}.`);
    }
  }

  const LANE = 24;
  const HEAD = 30;
  const lanes = (items, width) => {
    const start = Math.min(...items.map((item) => item.from));
    const stop = Math.max(...items.map((item) => item.to), start + DAY);
    const margin = 14;
    const across = (at) => margin + ((at - start) / (stop - start)) * (width - 2 * margin);
    const height = HEAD + items.length * LANE + 8;
    const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "list" });
    for (const [at, text] of ticks(start, stop, Math.max(2, Math.floor(width / 110)))) {
      const x = across(at);
      svg.append(draw("line", { class: "tick", x1: x, x2: x, y1: HEAD - 8, y2: height }));
      svg.append(draw("text", { class: "tick", x, y: 14, "text-anchor": x < 45 ? "start" : x > width - 45 ? "end" : "middle" }, text));
    }
    items.forEach((item, number) => {
      const y = HEAD + number * LANE;
      const [x1, x2] = [across(item.from), across(item.to)];
      const lane = draw("g", { role: "listitem" });
      const host = item.href ? draw("a", { href: item.href }) : draw("g", {});
      host.append(draw("title", {}, `${item.words}: ${item.name}`));
      host.append(
        x2 - x1 > 9
          ? draw("rect", { class: "mark", x: x1, y: y + 6, width: x2 - x1, height: 10, rx: 5 })
          : draw("circle", { class: "mark", cx: x1, cy: y + 11, r: 5 }),
      );
      // the name stands on the side with more room, and is cut to it
      const after = width - x2 >= x1;
      const room = Math.max(6, Math.floor(((after ? width - x2 : x1) - 18) / 7.2));
      const name = item.name.length > room ? `${item.name.slice(0, room - 1)}…` : item.name;
      host.append(draw("text", { x: after ? x2 + 9 : x1 - 9, y: y + 15, "text-anchor": after ? "start" : "end" }, name));
      lane.append(host);
      svg.append(lane);
    });
    return svg;
  };

  Yasr.registerPlugin("map", MapView);
  Yasr.registerPlugin("timeline", Timeline);

  /* --- names beside IRIs ---------------------------------------------------------------------------------------- */

  const NAMES = `PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?iri (MIN(?name) AS ?label) WHERE {
  VALUES ?iri { $IRIS }
  ?iri rdfs:label|schema:name|schema:headline|skos:prefLabel ?name
  FILTER(LANG(?name) IN ("", "en"))
} GROUP BY ?iri`;
  const known = new Map();

  /* Ask the endpoint once for the names of all IRIs of an answer that have none yet. */
  const learnNames = async (endpoint, yasr) => {
    const wanted = new Set();
    for (const row of answer(yasr).rows) {
      for (const cell of Object.values(row)) {
        if (cell.type === "uri" && !known.has(cell.value) && /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]*$/i.test(cell.value)) wanted.add(cell.value);
        if (wanted.size >= MOST_NAMES) break;
      }
    }
    if (!wanted.size) return;
    const query = NAMES.replace("$IRIS", () => [...wanted].map((iri) => `<${iri}>`).join(" "));
    const found = await fetch(endpoint, { method: "POST", body: new URLSearchParams({ query, format: "json" }) });
    if (!found.ok) return; // the table is whole without names
    for (const iri of wanted) known.set(iri, "");
    for (const row of (await found.json()).results.bindings) known.set(row.iri.value, row.label.value);
  };
  /* Write the names that are known beside the links of a table; `data-iri` keeps the IRI when the link is made local. */
  const showNames = (host) => {
    for (const link of host.querySelectorAll(".yasr td a.iri:not([data-named])")) {
      const name = known.get(link.dataset.iri || link.getAttribute("href"));
      if (!name) continue;
      link.dataset.named = "";
      const words = document.createElement("span");
      words.className = "iri-name";
      words.textContent = name;
      link.after(words);
    }
  };

  /* --- the view that a query asks for ---------------------------------------------------------------------------- */

  const ASKED = /^[ \t]*#[ \t]*view[ \t]*:[ \t]*(map|timeline|network|chart|table)[ \t]*$/im;
  const askedView = (query) => (ASKED.exec(query) || [])[1]?.toLowerCase() || "";
  /* The query with its view written into it, so that an address of the query alone keeps both. */
  const withView = (query, view) => {
    if (!["map", "timeline", "network", "chart", "table"].includes(view) || askedView(query) === view) return query;
    if (askedView(query)) return query.replace(ASKED, `#view: ${view}`);
    return view === "table" ? query : `#view: ${view}\n${query}`;
  };

  const nameOf = (iri) => known.get(iri) || "";

  window.kgViews = {
    askedView, withView, learnNames, showNames, position, lanes, // for the page
    answer, naming, some, numeric, note, draw, icon, webAddress, nameOf, // for graphs.js
  };
})();
