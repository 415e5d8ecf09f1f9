package io.skerry.server.config;

/// A setting that is unknown or has a value it cannot have, or two that contradict each other. The message names the
/// setting, where it was found and what it must be.
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
