package io.skerry.catalog;

import io.skerry.catalog.sql.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The versions of the catalog's tables, each a script that leads from the one before to it. The database says
/// which it has (`PRAGMA user_version`). A released script is never changed: a new one is added.
final class Migrations {

    private static final List<String> BUILT_IN =
            List.of("schema-1.sql", "schema-2.sql", "schema-3.sql", "schema-4.sql");

    private final List<String> scripts;

    Migrations(List<String> scripts) {
        this.scripts = List.copyOf(scripts);
    }

    static Migrations builtIn() {
        return new Migrations(BUILT_IN.stream().map(Migrations::resource).toList());
    }

    /// The version that this program needs.
    static int builtInVersion() {
        return BUILT_IN.size();
    }

    int newest() {
        return scripts.size();
    }

    /// Runs what is missing, one transaction for each version.
    ///
    /// @throws CatalogException VERSION if the tables are newer than this code
    void run(Catalog catalog) {
        int present = catalog.read(Migrations::version);
        if (present > newest()) {
            throw new CatalogException(
                    CatalogException.Reason.VERSION,
                    "the catalog has version " + present + ", this program knows versions up to " + newest()
                            + ": start a newer program");
        }
        for (int version = present + 1; version <= newest(); version++) {
            int target = version;
            catalog.write(sql -> {
                // Asked again inside the transaction: the work may run twice.
                if (version(sql) < target) {
                    sql.script(scripts.get(target - 1));
                    sql.script("PRAGMA user_version = " + target);
                }
                return target;
            });
        }
    }

    static int version(Sql sql) {
        return sql.first("PRAGMA user_version", row -> (int) row.integer(0)).orElse(0);
    }

    private static String resource(String name) {
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing from the catalog module");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
