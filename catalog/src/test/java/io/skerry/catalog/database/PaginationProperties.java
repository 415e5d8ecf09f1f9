package io.skerry.catalog.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.testing.TestCluster;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PaginationProperties {

    /// Pages of any size, while databases come and go between them: what is there all the time is listed exactly
    /// once, nothing is listed twice, and nothing that was never there while it could have been listed.
    @Property(tries = 30)
    void pagesAreStableWhileDatabasesComeAndGo(
            @ForAll @IntRange(max = 40) int before,
            @ForAll @IntRange(min = 1, max = 9) int pageSize,
            @ForAll long seed) {
        Random random = new Random(seed);
        try (TestCluster cluster = new TestCluster()) {
            Catalog catalog = cluster.catalog();
            Group group = cluster.group("default");
            TreeSet<String> present = new TreeSet<>();
            for (int i = 0; i < before; i++) {
                add(catalog, group, present, name(random));
            }
            TreeSet<String> ever = new TreeSet<>(present);
            TreeSet<String> always = new TreeSet<>(present);
            List<String> listed = new ArrayList<>();
            String after = "";
            while (true) {
                String from = after;
                List<String> page = catalog
                        .read(sql -> Databases.page(sql, group.organization(), group.id(), null, from, pageSize))
                        .stream()
                        .map(DatabaseInfo::name)
                        .toList();
                listed.addAll(page);
                if (page.size() < pageSize) {
                    break;
                }
                after = page.getLast();
                for (int i = random.nextInt(4); i > 0; i--) {
                    if (random.nextBoolean() && !present.isEmpty()) {
                        String gone = List.copyOf(present).get(random.nextInt(present.size()));
                        remove(catalog, group, present, gone);
                        always.remove(gone);
                    } else {
                        String name = name(random);
                        add(catalog, group, present, name);
                        ever.add(name);
                    }
                }
            }
            assertThat(listed).doesNotHaveDuplicates().isSorted();
            assertThat(listed).containsAll(always);
            assertThat(ever).containsAll(listed);
        }
    }

    private static String name(Random random) {
        return Integer.toString(random.nextInt(36 * 36), 36);
    }

    private static void add(Catalog catalog, Group group, TreeSet<String> present, String name) {
        if (present.add(name)) {
            DatabaseInfo database = DatabaseInfo.create(
                    Databases.newId(),
                    group.organization(),
                    group.id(),
                    name,
                    DatabaseInfo.State.ACTIVE,
                    SizeLimit.NONE,
                    null);
            catalog.write(sql -> {
                Databases.insert(sql, database, name + "-acme", Instant.now());
                return name;
            });
        }
    }

    private static void remove(Catalog catalog, Group group, TreeSet<String> present, String name) {
        present.remove(name);
        catalog.write(sql -> {
            Databases.delete(
                    sql,
                    Databases.byName(sql, group.organization(), name)
                            .orElseThrow()
                            .id());
            return name;
        });
    }
}
