package io.skerry.catalog.token;

import io.skerry.engine.query.Permission;
import io.skerry.engine.query.Permissions;
import io.skerry.engine.query.Permissions.Grant;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How permissions are written, by users and in tokens: a list of `{"t": [tables], "a": [actions]}`,
/// without `t` for all tables. A token has it in the claim `fgp`; without that claim it is not limited.
public final class PermissionClaim {

    static final String NAME = "fgp";

    private static final int ENTRIES_MAX = 100;
    /// Of all names of tables together: a token travels with each request.
    private static final int NAME_BYTES_MAX = 2_048;

    private PermissionClaim() {}

    /// @param claim as a JSON parser gives it, of lists, maps and texts
    /// @throws IllegalArgumentException what is wrong with it, for the person who wrote it
    public static Permissions read(Object claim) {
        Collection<?> entries = list(claim, "fine-grained permissions");
        if (entries.size() > ENTRIES_MAX) {
            throw new IllegalArgumentException("too many fine-grained permissions: at most " + ENTRIES_MAX);
        }
        List<Grant> grants = new ArrayList<>();
        int bytes = 0;
        for (Object entry : entries) {
            if (!(entry instanceof Map<?, ?> map)) {
                throw new IllegalArgumentException("each fine-grained permission must be an object with t and a");
            }
            List<String> tables = tables(map.get("t"));
            if (tables != null) {
                bytes += tables.stream()
                        .mapToInt(table -> table.getBytes(StandardCharsets.UTF_8).length)
                        .sum();
            }
            grants.add(new Grant(tables, actions(map.get("a"))));
        }
        if (bytes > NAME_BYTES_MAX) {
            throw new IllegalArgumentException("the names of tables in fine-grained permissions have " + bytes
                    + " bytes, at most " + NAME_BYTES_MAX + " are possible");
        }
        return Permissions.of(grants);
    }

    /// What [#read] reads.
    public static List<Map<String, Object>> write(Permissions permissions) {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (Grant grant : permissions.grants()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            if (grant.tables() != null) {
                entry.put("t", grant.tables());
            }
            entry.put(
                    "a",
                    EnumSet.copyOf(grant.permissions()).stream()
                            .map(Permission::text)
                            .toList());
            entries.add(entry);
        }
        return entries;
    }

    private static @Nullable List<String> tables(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        List<String> tables = new ArrayList<>();
        for (Object name : list(value, "t")) {
            if (!(name instanceof String table) || table.isEmpty()) {
                throw new IllegalArgumentException("t must be a list of names of tables");
            }
            tables.add(table);
        }
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("t must name a table, or be left out for all of them");
        }
        return tables;
    }

    private static Set<Permission> actions(@Nullable Object value) {
        EnumSet<Permission> actions = EnumSet.noneOf(Permission.class);
        for (Object action : list(value, "a")) {
            actions.add(Permission.parse(String.valueOf(action))
                    .orElseThrow(
                            () -> new IllegalArgumentException("unknown action: " + shown(action) + ", must be one of "
                                    + Stream.of(Permission.values())
                                            .map(Permission::text)
                                            .collect(Collectors.joining(", ")))));
        }
        if (actions.isEmpty()) {
            throw new IllegalArgumentException("a must name an action");
        }
        return actions;
    }

    private static Collection<?> list(@Nullable Object value, String what) {
        if (value instanceof Collection<?> list) {
            return list;
        }
        throw new IllegalArgumentException(what + " must be a list");
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 64 ? text : text.substring(0, 64) + "…";
    }
}
