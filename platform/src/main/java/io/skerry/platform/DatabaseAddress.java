package io.skerry.platform;

/// How answers say where a database is. The data plane understands both, whatever is chosen.
public enum DatabaseAddress {
    /// `<label>.<host>`: needs a name server, and for TLS a certificate, that know every name below the host's.
    HOST,
    /// `<host>/db/<label>`: needs neither. Clients join it to a scheme and a path as they do a host name.
    PATH
}
