package io.skerry.server.config;

import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

/// One thing that can be set: its name in the file (`http.body-bytes`), which is also its name after
/// `--set` and, in capitals with `_`, in the environment (`SKERRY_HTTP_BODY_BYTES`).
///
/// @param parse reads and checks a text; throws IllegalArgumentException with what it must be
public record Setting<T>(String name, String defaultText, String meaning, Function<String, T> parse) {

    public Setting {
        if (!name.matches("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*")) {
            throw new IllegalArgumentException("setting name '" + name + "'");
        }
        Objects.requireNonNull(parse.apply(defaultText), "a default that its own reader takes");
    }

    public String environmentName() {
        return "SKERRY_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
