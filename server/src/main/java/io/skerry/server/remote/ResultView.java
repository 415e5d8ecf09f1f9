package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Base64;
import java.util.HexFormat;

/// The result of a statement, as a table or as one JSON object a row.
final class ResultView {

    private ResultView() {}

    /// Prints nothing for a statement without columns.
    static void table(JsonNode result, PrintWriter out) {
        JsonNode columns = result.path("cols");
        if (columns.isEmpty()) {
            return;
        }
        Table table = new Table();
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            table.column(name(columns.get(i), i), row -> Table.printable(text(row.path(column))));
        }
        table.print(result.path("rows"), out);
    }

    private static String text(JsonNode value) {
        return switch (value.path("type").asText()) {
            case "null" -> "NULL";
            case "blob" -> "x'" + HexFormat.of().formatHex(Base64.getDecoder().decode(base64(value))) + "'";
            default -> value.path("value").asText();
        };
    }

    private static String base64(JsonNode value) {
        return value.path("base64").asText();
    }

    /// Integers and floats are numbers, blobs texts in base64. Of columns with one name, later ones get `:1` and so on.
    static void lines(JsonNode result, PrintWriter out) {
        JsonNode columns = result.path("cols");
        for (JsonNode row : result.path("rows")) {
            ObjectNode object = Server.body();
            for (int i = 0; i < columns.size(); i++) {
                String name = name(columns.get(i), i);
                String key = name;
                for (int n = 1; object.has(key); n++) {
                    key = name + ":" + n;
                }
                put(object, key, row.path(i));
            }
            out.println(object);
        }
    }

    private static void put(ObjectNode object, String key, JsonNode value) {
        switch (value.path("type").asText()) {
            case "null" -> object.putNull(key);
            case "integer" -> object.put(key, Long.parseLong(value.path("value").asText()));
            case "blob" -> object.put(key, base64(value));
            default -> object.set(key, value.path("value"));
        }
    }

    private static String name(JsonNode column, int index) {
        return column.path("name").asText("column " + (index + 1));
    }
}
