// The document is this node's own, and no other address is asked for anything: no validator, no address from the
// query. A token that is typed in stays in the page and is gone with it.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
  withCredentials: false,
});
