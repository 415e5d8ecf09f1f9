package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What lines of the table kept, under names that later lines say with a dollar sign.
final class KeptValues {

    private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+)");

    private final Map<String, String> values = new HashMap<>();

    void put(String name, String value) {
        values.put(name, value);
    }

    String get(String name) {
        String value = values.get(name);
        assertThat(value).as("what is kept as " + name).isNotNull();
        return String.valueOf(value);
    }

    String orItself(String name) {
        return values.getOrDefault(name, name);
    }

    String filled(String text) {
        return VARIABLE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(get(found.group(1))));
    }
}
