package io.skerry.engine.query;

import io.skerry.engine.DatabaseId;

/// A database that a session has attached. The session keeps it; its file is attached to a connection, and kept open,
/// only while a statement or a transaction of the session uses that connection ([Guest]).
///
/// @param alias the name of its schema
/// @param name as the client wrote it
/// @param leases lend the database
record Attachment(String alias, String name, Leases leases) {

    DatabaseId id() {
        return leases.id();
    }

    /// Names of schemas are compared as names of tables are.
    static String key(String alias) {
        return Permissions.fold(alias);
    }
}
