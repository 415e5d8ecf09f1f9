package io.skerry.catalog.audit;

/// Who asks for a change, and from where; for the audit log.
///
/// @param name the username; for one who has none, what he is known by
/// @param origin `cli`, `web`, `api` or `system`
/// @param address of the peer, as text
/// @param requestId the id that the request has in answers and logs
public record Actor(String name, String origin, String address, String requestId) {

    /// The platform itself, as at the first start.
    public static final Actor SYSTEM = new Actor("system", "system", "", "");

    /// Whoever showed a token of a database: such tokens name no user.
    public static Actor ofToken(String database, String address) {
        return new Actor("token of database " + database, "api", address, "");
    }
}
