package io.skerry.platform.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What there is to know about one operation beside its route.
///
/// @param route method and path, as in the table of operations
/// @param summary in a few words
/// @param detail the rest, empty if there is none
/// @param query its parameters
/// @param body null if none is read
/// @param bodyType media type of the body
/// @param answer with status 200; null if there is none, ever
/// @param lines another form of the answer, one JSON object a line; null if there is none
/// @param failures by status, beside those that every operation of its kind has
record Description(
        String route,
        String summary,
        String detail,
        List<Field> query,
        @Nullable ObjectNode body,
        String bodyType,
        @Nullable ObjectNode answer,
        @Nullable ObjectNode lines,
        SortedMap<Integer, String> failures) {

    static final String JSON_TYPE = "application/json";

    /// An operation that takes nothing and answers an empty object.
    static Description of(String route, String summary) {
        return new Description(route, summary, "", List.of(), null, JSON_TYPE, Schema.nothing(), null, new TreeMap<>());
    }

    /// An operation that clients know, and that makes no sense here.
    static Description refused(String route, String why) {
        return new Description(route, "Is refused", "", List.of(), null, JSON_TYPE, null, null, new TreeMap<>())
                .fails(400, why);
    }

    Description says(String text) {
        return new Description(route, summary, text, query, body, bodyType, answer, lines, failures);
    }

    Description asks(Field... parameters) {
        return new Description(route, summary, detail, List.of(parameters), body, bodyType, answer, lines, failures);
    }

    Description takes(ObjectNode object) {
        return new Description(route, summary, detail, query, object, JSON_TYPE, answer, lines, failures);
    }

    /// A file, as the part `file` of a form.
    Description takesFile(String what) {
        ObjectNode form = Schema.object(Field.field("file", Schema.text(what).put("format", "binary")));
        return new Description(route, summary, detail, query, form, "multipart/form-data", answer, lines, failures);
    }

    Description answers(ObjectNode object) {
        return new Description(route, summary, detail, query, body, bodyType, object, lines, failures);
    }

    Description orLines(ObjectNode line) {
        return new Description(route, summary, detail, query, body, bodyType, answer, line, failures);
    }

    Description fails(int status, String when) {
        SortedMap<Integer, String> more = new TreeMap<>(failures);
        more.put(status, when);
        return new Description(route, summary, detail, query, body, bodyType, answer, lines, more);
    }

    /// Success is an address to go on to.
    Description redirects(String where) {
        return new Description(route, summary, detail, query, body, bodyType, null, lines, failures).fails(302, where);
    }

    /// For a family of operations that all act on something that may be missing.
    static List<Description> withMissing(String when, List<Description> all) {
        return all.stream()
                .map(one -> one.failures.containsKey(404) ? one : one.fails(404, when))
                .toList();
    }

    /// The failures with those of its kind.
    SortedMap<Integer, String> failuresWith(Map<Integer, String> ofItsKind) {
        SortedMap<Integer, String> all = new TreeMap<>(ofItsKind);
        failures.forEach(
                (status, when) -> all.merge(status, when, (kind, own) -> kind.equals(own) ? kind : kind + "; " + own));
        return all;
    }
}
