package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Rows of JSON objects as aligned text, a heading first.
final class Table {

    private static final String GAP = "  ";

    private final List<String> heads = new ArrayList<>();
    private final List<Function<JsonNode, String>> columns = new ArrayList<>();

    /// @param pointer a JSON pointer to what the column shows; lists are joined by commas
    Table column(String head, String pointer) {
        return column(head, row -> text(row.at(pointer)));
    }

    Table column(String head, Function<JsonNode, String> value) {
        heads.add(head);
        columns.add(value);
        return this;
    }

    void print(Iterable<JsonNode> rows, PrintWriter out) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(heads);
        rows.forEach(row ->
                cells.add(columns.stream().map(column -> column.apply(row)).toList()));
        int[] widths = new int[heads.size()];
        for (List<String> line : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : cells) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(line.get(i))
                        .repeat(" ", widths[i] - line.get(i).length())
                        .append(GAP);
            }
            out.println(text.toString().stripTrailing());
        }
    }

    /// One object, a line for each column.
    void printOne(JsonNode row, PrintWriter out) {
        int width = heads.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < heads.size(); i++) {
            String head = heads.get(i);
            out.println(head
                    + " ".repeat(width - head.length())
                    + GAP
                    + columns.get(i).apply(row));
        }
    }

    private static String text(JsonNode value) {
        if (value.isArray()) {
            List<String> parts = new ArrayList<>();
            value.forEach(part -> parts.add(printable(part.asText())));
            return String.join(",", parts);
        }
        return value.isMissingNode() || value.isNull() ? "-" : printable(value.asText());
    }

    /// Control characters as escapes: what others wrote must neither break lines nor command the terminal.
    static String printable(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        text.chars().forEach(c -> {
            switch (c) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                default -> shown.append(Character.isISOControl(c) ? "\\u%04x".formatted(c) : (char) c);
            }
        });
        return shown.toString();
    }
}
