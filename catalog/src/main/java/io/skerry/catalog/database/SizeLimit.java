package io.skerry.catalog.database;

import static io.skerry.catalog.CatalogException.Reason.INVALID;

import io.skerry.catalog.CatalogException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How large a database may get: digits and `b`, `kb`, `mb`, `gb` or `tb`, in any case; without a unit they are
/// bytes. Units are powers of 1024.
///
/// @param text as the client wrote it; empty if it wrote none
/// @param bytes [#UNLIMITED] for an empty text and for 0
public record SizeLimit(String text, long bytes) {

    public static final long UNLIMITED = Long.MAX_VALUE;

    public static final SizeLimit NONE = new SizeLimit("", UNLIMITED);

    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kmgt]?)b?");
    private static final String UNITS = "kmgt";
    private static final int TEXT_MAX = 32;
    private static final int UNIT_BITS = 10;

    /// @throws CatalogException INVALID if it is no size, or one that cannot be counted: who mistypes a
    ///     limit must not be without any
    public static SizeLimit parse(String text) {
        SizeLimit limit = stored(text);
        if (limit.bytes == UNLIMITED && text.chars().anyMatch(c -> c >= '1' && c <= '9')) {
            throw invalid(text);
        }
        return limit;
    }

    /// One that was taken before, by whatever version.
    static SizeLimit stored(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (text.length() > TEXT_MAX || !size.matches()) {
            throw invalid(text);
        }
        long number = Long.parseLong(size.group(1));
        int shift = size.group(2).isEmpty() ? 0 : UNIT_BITS * (UNITS.indexOf(size.group(2)) + 1);
        boolean unlimited = number == 0 || number > UNLIMITED >> shift;
        return new SizeLimit(text, unlimited ? UNLIMITED : number << shift);
    }

    @Override
    public String toString() {
        return text;
    }

    private static CatalogException invalid(String text) {
        String shown = text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) + "…" : text;
        return new CatalogException(INVALID, "invalid size_limit: " + shown);
    }
}
