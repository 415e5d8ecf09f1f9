package io.skerry.hrana.forward;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/// How the nodes of a cluster tell each other's requests from those of clients: a header whose value nobody else
/// knows. A client that sends the header without it is a client like any other.
public final class HopMark {

    private final byte[] value;

    /// @param value the same on all nodes of a cluster; fit for a header
    public HopMark(String value) {
        this.value = value.getBytes(StandardCharsets.UTF_8);
    }

    String value() {
        return new String(value, StandardCharsets.UTF_8);
    }

    /// Takes as long for a wrong guess as for a nearly right one.
    ///
    /// @param header null if the request has none
    public boolean matches(@Nullable String header) {
        return header != null && MessageDigest.isEqual(header.getBytes(StandardCharsets.UTF_8), value);
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
