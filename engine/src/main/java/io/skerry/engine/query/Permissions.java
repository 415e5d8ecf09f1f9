package io.skerry.engine.query;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a token may do with which tables: what is not granted is refused. Immutable; equal if the same
/// is granted, however it was written. Names of tables are compared as SQLite does, without regard to
/// the case of `A` to `Z`.
public final class Permissions {

    /// No limits of this kind.
    public static final Permissions ALL = new Permissions(EnumSet.allOf(Permission.class), Map.of());

    private final Set<Permission> everywhere;
    private final Map<String, Set<Permission>> byTable;
    private final int hash;

    /// @param tables null for all of them, also those that do not exist yet
    public record Grant(@Nullable List<String> tables, Set<Permission> permissions) {

        public Grant {
            tables = tables == null ? null : List.copyOf(tables);
            permissions = Set.copyOf(permissions);
        }
    }

    private Permissions(Set<Permission> everywhere, Map<String, Set<Permission>> byTable) {
        this.everywhere = Collections.unmodifiableSet(everywhere);
        this.byTable = Collections.unmodifiableMap(byTable);
        hash = 31 * everywhere.hashCode() + byTable.hashCode();
    }

    /// Adds up what each entry grants; nothing is granted by an empty list.
    public static Permissions of(List<Grant> grants) {
        var everywhere = EnumSet.noneOf(Permission.class);
        var byTable = new TreeMap<String, Set<Permission>>();
        for (var grant : grants) {
            if (grant.tables() == null) {
                everywhere.addAll(grant.permissions());
            } else {
                for (var table : grant.tables()) {
                    byTable.computeIfAbsent(fold(table), name -> EnumSet.noneOf(Permission.class))
                            .addAll(grant.permissions());
                }
            }
        }
        byTable.values().forEach(permissions -> permissions.removeAll(everywhere));
        byTable.values().removeIf(Set::isEmpty);
        return everywhere.size() == Permission.values().length ? ALL : new Permissions(everywhere, byTable);
    }

    /// The same in as few entries as there are different sets, in an order that does not depend on how
    /// it was given.
    public List<Grant> grants() {
        var bySet = new TreeMap<Set<Permission>, Set<String>>(
                (a, b) -> new ArrayList<>(a).toString().compareTo(new ArrayList<>(b).toString()));
        byTable.forEach((table, permissions) ->
                bySet.computeIfAbsent(permissions, set -> new TreeSet<>()).add(table));
        var grants = new ArrayList<Grant>();
        if (!everywhere.isEmpty()) {
            grants.add(new Grant(null, everywhere));
        }
        bySet.forEach((permissions, tables) -> grants.add(new Grant(new ArrayList<>(tables), permissions)));
        return grants;
    }

    /// Whether anything can be refused.
    public boolean limit() {
        return this != ALL;
    }

    /// @param table its name as [#fold] gives it
    boolean allow(Permission permission, String table) {
        if (everywhere.contains(permission)) {
            return true;
        }
        var granted = byTable.get(table);
        return granted != null && granted.contains(permission);
    }

    /// Whether it is granted for all tables there are and will be.
    public boolean allowEverywhere(Permission permission) {
        return everywhere.contains(permission);
    }

    /// A name in the form in which SQLite takes two for the same.
    static String fold(String name) {
        var folded = new StringBuilder(name);
        for (var i = 0; i < folded.length(); i++) {
            var c = folded.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof Permissions that
                        && hash == that.hash
                        && everywhere.equals(that.everywhere)
                        && byTable.equals(that.byTable);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "Permissions" + grants();
    }
}
