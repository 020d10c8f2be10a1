/* The query page: the editor on this server's endpoint only, examples, completions and downloads. */
"use strict";
(() => {
  const settings = JSON.parse(document.getElementById("query-settings").textContent);
  const endpoint = new URL("/sparql", window.location.href).href;
  const Yasgui = window.Yasgui;
  const { Yasqe, Yasr } = Yasgui;
  const status = document.getElementById("status");

  // The packaged completers for classes and properties ask a service on the web; ours read lists that came with the page.
  const terms = (name, wanted) => ({
    ...Yasqe.Autocompleters[name],
    get: (yasqe, token) => {
      const typed = token.autocompletionString || token.string;
      return settings.terms
        .filter((term) => term.kind === wanted && term.iri.startsWith(typed.replace(/^</, "")))
        .map((term) => term.iri);
    },
  });
  Yasqe.registerAutocompleter(terms("class", "class"));
  Yasqe.registerAutocompleter(terms("property", "property"));
  Yasqe.registerAutocompleter({
    ...Yasqe.Autocompleters.prefixes,
    persistenceId: "kg-prefixes",
    get: () => Object.entries(settings.prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`).sort(),
  });

  const ownEndpoint = (config) => {
    config.requestConfig = { ...config.requestConfig, endpoint };
    return config;
  };
  const host = document.getElementById("yasgui");
  host.hidden = false;
  Yasr.defaults.prefixes = settings.prefixes;
  // values before their datatypes: "Simple view" is where a reader starts, one click away from the whole term
  Yasr.defaults.plugins.table = { ...Yasr.defaults.plugins.table, dynamicConfig: { compact: true } };
  const yasgui = new Yasgui(host, {
    requestConfig: { endpoint, method: "POST", acceptHeaderGraph: "text/turtle,*/*;q=0.9" },
    copyEndpointOnNewTab: false,
    populateFromUrl: ownEndpoint,
    persistenceId: "kg",
    autofocus: false,
    tabName: "Query",
    endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => {} },
    yasqe: {
      value: settings.query,
      autocompleters: ["prefixes", "class", "property", "variables"],
      prefixCcApi: null,
      resizeable: true,
      editorHeight: "20rem",
    },
    yasr: { prefixes: settings.prefixes, maxPersistentResponseSize: 0 },
  });
  const currentTab = () => yasgui.getTab() || yasgui.addTab(true, {});
  for (const id of Object.keys(yasgui._tabs)) yasgui._tabs[id].setEndpoint(endpoint);
  if (settings.asked) currentTab().setQuery(settings.query);

  // name what the editor's own markup leaves unnamed for screen readers
  const describe = () => {
    for (const area of host.querySelectorAll(".CodeMirror textarea")) area.setAttribute("aria-label", "SPARQL query");
    for (const input of host.querySelectorAll(".autocomplete")) input.setAttribute("aria-label", "Endpoint");
  };
  describe();
  new MutationObserver(describe).observe(host, { childList: true, subtree: true });

  // results: links to this store's own things stay on this server, whatever base the store was made with
  const local = (iri) =>
    iri.startsWith(settings.base) ? `/${iri.slice(settings.base.length)}` : iri;
  const relink = () => {
    for (const link of host.querySelectorAll("a.iri")) {
      link.dataset.iri ??= link.getAttribute("href");
      const target = local(link.getAttribute("href"));
      if (target !== link.getAttribute("href")) link.setAttribute("href", target);
    }
  };
  const { askedView, withView, learnNames, showNames } = window.kgViews;
  const dress = () => {
    relink();
    showNames(host);
  };
  new MutationObserver(dress).observe(host, { childList: true, subtree: true });

  // `#view: map` in a query chooses its view; a query that asks for none gets the table back
  const followed = new WeakSet();
  const follow = (tab) => {
    const asked = askedView(tab.getQuery());
    const yasr = tab.getYasr();
    const view = asked || (followed.has(tab) ? "table" : "");
    if (asked) followed.add(tab);
    else followed.delete(tab);
    if (!view || yasr.getSelectedPluginName() === view) return;
    yasr.selectedPlugin = view; // its own method would draw the last answer once more
    yasr.storeConfig();
    yasr.updatePluginSelectors();
  };
  // a link to share holds the query and the view that is open, and nothing of this browser's own settings
  const shared = function () {
    const address = new URL(endpoint);
    address.searchParams.set("query", withView(this.getQuery(), this.getYasr().getSelectedPluginName()));
    return address.href;
  };
  Object.getPrototypeOf(currentTab()).getShareableLink = shared;

  // examples
  for (const button of document.querySelectorAll("[data-example]")) {
    button.addEventListener("click", () => {
      const example = settings.examples[Number(button.dataset.example)];
      const tab = currentTab();
      tab.setQuery(example.query);
      status.textContent = `Loaded: ${example.title}`;
      tab.getYasqe().query().catch(() => {});
      host.scrollIntoView({ block: "nearest" });
    });
  }
  const filter = document.getElementById("example-filter");
  filter.hidden = false;
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const button of document.querySelectorAll("[data-example]")) {
      const example = settings.examples[Number(button.dataset.example)];
      const text = `${example.title} ${example.query}`.toLowerCase();
      button.parentElement.hidden = !words.every((word) => text.includes(word));
    }
  });

  // downloads: the query of the open tab, once more, in the format of the button, saved by the browser
  const tables = { csv: "CSV", tsv: "TSV", json: "JSON", xml: "XML" };
  const graphs = { ttl: "Turtle", nt: "N-Triples", jsonld: "JSON-LD", rdf: "RDF/XML" };
  const bar = document.getElementById("downloads");
  const save = async (format) => {
    const body = new URLSearchParams({ query: currentTab().getQuery(), format });
    const answer = await fetch(endpoint, { method: "POST", body });
    if (!answer.ok) {
      status.textContent = await answer.text();
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = `answer.${format}`;
    link.click();
    URL.revokeObjectURL(link.href);
    status.textContent = `Saved answer.${format}`;
  };
  const offer = () => {
    const type = currentTab().getYasqe().getQueryType();
    const formats = type === "CONSTRUCT" || type === "DESCRIBE" ? graphs : tables;
    const buttons = Object.entries(formats).map(([format, name]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = name;
      button.addEventListener("click", () => save(format));
      return button;
    });
    document.getElementById("download-buttons").replaceChildren(...buttons);
    bar.hidden = false;
  };
  yasgui.on("queryResponse", (_, tab) => {
    follow(tab);
    offer();
    // the answer is announced before it is parsed; it is there once it has been drawn
    tab.getYasr().once("drawn", () => {
      relink();
      learnNames(endpoint, tab.getYasr()).then(() => showNames(host)).catch(() => {});
      const results = tab.getYasr().results;
      const rows = results && !results.hasError() && results.getBindings();
      status.textContent = rows ? `${rows.length} ${rows.length === 1 ? "row" : "rows"}` : "";
    });
  });
})();
