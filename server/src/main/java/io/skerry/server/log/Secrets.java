package io.skerry.server.log;

import java.util.regex.Pattern;

/// Blots out what looks like a credential. The code that logs must not log one in the first place; this is
/// the second line of defence, for messages of libraries and of exceptions.
final class Secrets {

    private static final Pattern JWT = Pattern.compile("eyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]*)?");
    private static final Pattern OURS = Pattern.compile("skerry_[A-Za-z0-9_-]{8,}");
    private static final Pattern HEADER = Pattern.compile("(?i)(bearer|basic)[ :=]+[A-Za-z0-9._~+/=-]{8,}");
    private static final String BLOT = "[secret]";

    private Secrets() {}

    static String blotOut(String text) {
        String clean = text;
        if (clean.contains("eyJ")) {
            clean = JWT.matcher(clean).replaceAll(BLOT);
        }
        if (clean.contains("skerry_")) {
            clean = OURS.matcher(clean).replaceAll(BLOT);
        }
        return HEADER.matcher(clean).replaceAll("$1 " + BLOT);
    }
}
