/* Two more views of a query's answer: who is joined with whom (a network), and how many of what (a chart). */
"use strict";
(() => {
  const { Yasr } = window.Yasgui;
  const { answer, naming, some, numeric, note, draw, icon, webAddress, nameOf } = window.kgViews;
  const MOST_BARS = 60;
  const MOST_EDGES = 600; // more lines than this are a ball of wool
  const library = document.getElementById("yasgui").dataset.cytoscape;
  const isThing = (cell) => cell.type === "uri" || cell.type === "bnode";
  const isNumber = (cell) => /#(integer|decimal|double|float|int|long)$/.test(cell.datatype || "") && numeric(cell);
  const numberColumn = (variables, rows) => {
    const numbers = variables.filter((name) => some(rows, name, isNumber));
    return numbers.find((name) => /(^n|count|number|total|killed|weight|events)$/i.test(name)) || numbers[0];
  };

  /* --- chart ---------------------------------------------------------------------------------------------------- */

  const ROW = 26;
  class Chart {
    constructor(yasr) {
      this.yasr = yasr;
      this.label = "Chart";
      this.priority = 3;
    }
    column() {
      const { variables, rows } = answer(this.yasr);
      return variables.length > 1 && rows.length > 1 ? numberColumn(variables, rows) : undefined;
    }
    canHandleResults() {
      return this.column() !== undefined;
    }
    getIcon() {
      return icon("M1 2h9v3H1zM1 7h14v3H1zM1 12h6v3H1z");
    }
    draw() {
      const { variables, rows } = answer(this.yasr);
      const column = this.column();
      const others = variables.filter((name) => name !== column);
      const { label, href } = naming(others, rows);
      // what has no name of its own, a month or a code, is told by its first column
      const told = (row) => label(row) || (row[others[0]] || { value: "" }).value;
      const bars = rows.filter((row) => row[column] && numeric(row[column]));
      const shown = bars.slice(0, MOST_BARS).map((row) => ({ name: told(row), href: href(row), value: Number(row[column].value) }));
      const host = document.createElement("div");
      host.className = "answer-chart";
      host.setAttribute("role", "region");
      host.setAttribute("aria-label", `The answer as bars: ${column}`);
      this.yasr.resultsEl.append(host);
      host.append(chart(shown, Math.max(320, host.clientWidth - 2)));
      const cut = bars.length - shown.length;
      note(this.yasr.resultsEl, `${shown.length} bars, as long as ${column}${cut > 0 ? `; ${cut} further rows are not drawn` : ""}.`);
    }
  }
  const chart = (bars, width) => {
    const most = Math.max(...bars.map((bar) => Math.abs(bar.value)), 1e-9);
    const names = Math.min(280, Math.max(90, width * 0.36));
    const room = width - names - 64;
    const letters = Math.floor(names / 7.2);
    const height = bars.length * ROW + 8;
    const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "list" });
    bars.forEach((bar, number) => {
      const y = number * ROW + 4;
      const line = draw("g", { role: "listitem" });
      const host = bar.href ? draw("a", { href: bar.href }) : draw("g", {});
      const name = bar.name.length > letters ? `${bar.name.slice(0, letters - 1)}…` : bar.name;
      const long = Math.max(1, (Math.abs(bar.value) / most) * room);
      host.append(draw("title", {}, `${bar.name}: ${bar.value}`));
      host.append(draw("text", { x: names - 8, y: y + 15, "text-anchor": "end" }, name));
      host.append(draw("rect", { class: "mark", x: names, y: y + 3, width: long, height: ROW - 10, rx: 2 }));
      host.append(draw("text", { class: "tick", x: names + long + 6, y: y + 15 }, bar.value.toLocaleString("en")));
      line.append(host);
      svg.append(line);
    });
    return svg;
  };

  /* --- network -------------------------------------------------------------------------------------------------- */

  /* The two columns that are joined: the first two of things, or the ends of the statements of a graph. */
  const ends = (variables, rows) => {
    const things = variables.filter((name) => some(rows, name, isThing));
    const statement = ["subject", "object"].every((name) => things.includes(name));
    return statement ? ["subject", "object"] : things.slice(0, 2);
  };
  const words = (cell, row, column) => {
    const beside = row[`${column}Label`] || row[`${column}_label`] || row[`${column}Name`];
    return (beside && beside.value) || nameOf(cell.value) || cell.value.replace(/^.*[/#]/, "");
  };
  let loading;
  const cytoscape = () => {
    loading ||= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = library;
      script.onload = () => resolve(window.cytoscape);
      script.onerror = () => reject(new Error("the network could not be drawn: its script did not load"));
      document.head.append(script);
    });
    return loading;
  };

  class Network {
    constructor(yasr) {
      this.yasr = yasr;
      this.label = "Network";
      this.priority = 2;
    }
    canHandleResults() {
      const { variables, rows } = answer(this.yasr);
      const [one, two] = ends(variables, rows);
      return Boolean(two) && rows.some((row) => row[one] && row[two] && isThing(row[one]) && isThing(row[two]));
    }
    getIcon() {
      return icon("M4 1a3 3 0 0 1 2.8 4l3 2.4A3 3 0 1 1 9 9.2L6 6.7a3 3 0 0 1-.8.7v2.2a3 3 0 1 1-1.5 0V7.4A3 3 0 0 1 4 1z");
    }
    elements() {
      const { variables, rows } = answer(this.yasr);
      const [one, two] = ends(variables, rows);
      const counted = numberColumn(variables, rows);
      const nodes = new Map();
      const edges = new Map();
      for (const row of rows) {
        const [a, b] = [row[one], row[two]];
        if (!a || !b || !isThing(a) || !isThing(b) || edges.size >= MOST_EDGES) continue;
        for (const [cell, column] of [[a, one], [b, two]]) {
          if (!nodes.has(cell.value)) nodes.set(cell.value, { id: cell.value, label: words(cell, row, column), href: webAddress(cell), degree: 0 });
          nodes.get(cell.value).degree += 1;
        }
        const key = `${a.value} ${b.value}`;
        const weight = counted && row[counted] && numeric(row[counted]) ? Number(row[counted].value) : 1;
        const edge = edges.get(key) || { id: key, source: a.value, target: b.value, weight: 0 };
        edge.weight += weight;
        edges.set(key, edge);
      }
      return { nodes: [...nodes.values()], edges: [...edges.values()], rows: rows.length };
    }
    async draw() {
      const { nodes, edges, rows } = this.elements();
      const host = document.createElement("div");
      host.className = "answer-network";
      host.setAttribute("role", "img");
      host.setAttribute("aria-label", `A network of ${nodes.length} things and ${edges.length} connections; the table holds the same`);
      this.yasr.resultsEl.append(host);
      note(this.yasr.resultsEl, `${nodes.length} things, ${edges.length} connections of ${rows} rows. Drag to move, scroll to zoom, click a thing for its page.`);
      let library_;
      try {
        library_ = await cytoscape();
      } catch (error) {
        note(this.yasr.resultsEl, error.message);
        return;
      }
      if (!host.isConnected) return; // another view was chosen while the script loaded
      const colour = (name) => getComputedStyle(host).getPropertyValue(name).trim();
      this.graph = library_({
        container: host,
        elements: [...nodes.map((data) => ({ group: "nodes", data })), ...edges.map((data) => ({ group: "edges", data }))],
        minZoom: 0.1,
        maxZoom: 4,
        style: [
          { selector: "node", style: { label: "data(label)", "font-size": 11, color: colour("--ink"), "background-color": colour("--accent"), width: "mapData(degree, 1, 20, 14, 40)", height: "mapData(degree, 1, 20, 14, 40)", "text-valign": "bottom", "text-margin-y": 4, "text-max-width": 130, "text-wrap": "ellipsis", "text-outline-width": 2, "text-outline-color": colour("--paper") } },
          { selector: "edge", style: { width: "mapData(weight, 1, 20, 1, 6)", "line-color": colour("--line"), "curve-style": "bezier", "target-arrow-shape": "triangle", "target-arrow-color": colour("--line") } },
        ],
        layout: { name: "cose", animate: false, randomize: false, nodeRepulsion: 14000, idealEdgeLength: 90, padding: 20 },
      });
      this.graph.on("tap", "node", (event) => {
        if (event.target.data("href")) window.location.assign(event.target.data("href"));
      });
    }
    destroy() {
      if (this.graph) this.graph.destroy();
      this.graph = undefined;
    }
  }

  Yasr.registerPlugin("network", Network);
  Yasr.registerPlugin("chart", Chart);
  Yasr.defaults.pluginOrder = ["table", "map", "timeline", "network", "chart", "response"];
})();
