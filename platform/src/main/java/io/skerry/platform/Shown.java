package io.skerry.platform;

/// What a caller sent, as it may stand in a text for the caller.
public final class Shown {

    private static final int LENGTH_MAX = 64;

    private Shown() {}

    public static String of(String text) {
        return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "…";
    }
}
