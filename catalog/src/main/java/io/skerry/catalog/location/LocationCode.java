package io.skerry.catalog.location;

import java.util.Optional;
import java.util.regex.Pattern;

/// Names a location: three letters of the built-in catalogue ([Locations]), or any word of `a-z`, `0-9` and `-`
/// that a node was started with.
public record LocationCode(String value) implements Comparable<LocationCode> {

    private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?");

    public LocationCode {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "location code '" + value + "' must consist of a-z, 0-9 and '-', at most 32 characters");
        }
    }

    /// Empty if `text` cannot be a code.
    public static Optional<LocationCode> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new LocationCode(text)) : Optional.empty();
    }

    @Override
    public int compareTo(LocationCode other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
