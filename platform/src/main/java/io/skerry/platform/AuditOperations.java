package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.organization.OrganizationId;

/// The audit log of an organization.
final class AuditOperations {

    private static final int PAGE_SIZE = 100;
    private static final int PAGE_SIZE_MAX = 1_000;
    private static final int EXPORT_MAX = 10_000;
    private static final int PAGE_MAX = 1_000_000_000;

    private final Catalog catalog;

    AuditOperations(Catalog catalog) {
        this.catalog = catalog;
    }

    /// A page, or, with `format=jsonl`, one entry a line.
    Answer pageOrExport(Call call) {
        String format = call.query("format").orElse("json");
        return switch (format) {
            case "json" -> Answer.ok(page(call));
            case "jsonl" -> export(call);
            default -> throw new ApiException(400, "invalid format: " + Shown.of(format) + ", must be json or jsonl");
        };
    }

    /// The oldest entries with an id above `after`: who asks on with the last id that he got has them all, once.
    private Answer export(Call call) {
        String after = call.query("after").orElse("0");
        if (!after.matches("\\d{1,18}")) {
            throw new ApiException(400, "invalid after: " + Shown.of(after));
        }
        int limit = number(call, "page_size", PAGE_SIZE, EXPORT_MAX);
        StringBuilder lines = new StringBuilder();
        catalog.read(sql -> Audit.after(sql, call.organization().id(), Long.parseLong(after), limit))
                .forEach(
                        entry -> lines.append(view(entry).put("id", entry.id())).append('\n'));
        return Answer.lines(lines.toString());
    }

    /// A page, newest first.
    private ObjectNode page(Call call) {
        int page = number(call, "page", 1, PAGE_MAX);
        int size = number(call, "page_size", PAGE_SIZE, PAGE_SIZE_MAX);
        OrganizationId organization = call.organization().id();
        // Both in one look, so that they fit together.
        return catalog.read(sql -> {
            ObjectNode answer = Views.object();
            ArrayNode list = answer.putArray("audit_logs");
            long rows = Audit.count(sql, organization);
            Audit.newest(sql, organization, size, (page - 1L) * size).stream()
                    .map(AuditOperations::view)
                    .forEach(list::add);
            answer.putObject("pagination")
                    .put("page", page)
                    .put("page_size", size)
                    .put("total_pages", (rows + size - 1) / size)
                    .put("total_rows", rows);
            return answer;
        });
    }

    private static ObjectNode view(Audit.Entry entry) {
        ObjectNode view = Views.object()
                .put("code", entry.action())
                .put("message", entry.message())
                .put("origin", entry.origin())
                .put("author", entry.actor())
                .put("created_at", entry.at().toString());
        view.putObject("data")
                .put("target", entry.target())
                .put("result", entry.result())
                .put("request_id", entry.requestId());
        // Where an address is on the map is not known here.
        return view.put("ip", entry.address())
                .put("city", "")
                .put("country_code", "")
                .put("latitude", "")
                .put("longitude", "");
    }

    private static int number(Call call, String name, int absent, int max) {
        String text = call.query(name).orElse(Integer.toString(absent));
        int value = text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
        if (value < 1 || value > max) {
            throw new ApiException(400, "invalid " + name + ": " + Shown.of(text) + ", must be 1 to " + max);
        }
        return value;
    }
}
