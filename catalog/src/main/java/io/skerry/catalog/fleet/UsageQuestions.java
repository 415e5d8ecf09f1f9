package io.skerry.catalog.fleet;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.usage.NodeUsage;
import io.skerry.catalog.usage.UsageHistory;
import io.skerry.catalog.usage.UsageSince;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.Meter.Reading;
import io.skerry.engine.QueryCounts.Query;
import io.skerry.raft.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was read and written: what the catalog has, and what nodes have counted since their last report
/// there.
///
/// Nodes are asked first, all at once, and the catalog after them: whatever they report meanwhile, it
/// is then in the catalog or in their answers, and where it is in both, their answers say so (see
/// [io.skerry.catalog.usage]).
final class UsageQuestions {

    private static final Logger LOG = LoggerFactory.getLogger(UsageQuestions.class);
    /// A node that takes longer tells nothing.
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final int QUERIES_MAX = 100;

    private final Catalog catalog;
    private final Members members;

    UsageQuestions(Catalog catalog, Members members) {
        this.catalog = catalog;
        this.members = members;
    }

    /// @param present the databases to ask nodes for
    /// @param only empty for all databases that the organization has or had
    Usage usage(
            OrganizationId organization,
            Map<Group, List<DatabaseId>> present,
            Optional<DatabaseId> only,
            Instant from,
            Instant to) {
        Map<Node, Map<GroupId, List<DatabaseId>>> questions = new HashMap<>();
        present.forEach((group, ids) -> holders(group)
                .forEach(node -> questions
                        .computeIfAbsent(node, absent -> new HashMap<>())
                        .put(group.id(), ids)));
        Map<Node, NodeUsage> answers =
                askAll(questions.keySet(), (node, client) -> client.usage(questions.getOrDefault(node, Map.of())));
        return catalog.read(sql -> {
            Usage usage = new Usage();
            UsageHistory history = UsageHistory.of(sql, from, to, Instant.now());
            history.rows(organization, only)
                    .forEach(rows -> usage.add(
                            rows.database(), rows.location(), new DatabaseUsage(0, rows.read(), rows.written())));
            answers.forEach((node, answer) -> add(usage, history, node, answer));
            return usage;
        });
    }

    private static void add(Usage usage, UsageHistory history, Node node, NodeUsage answer) {
        LocationCode location = node.location();
        for (NodeUsage.Storage storage : answer.storage()) {
            usage.add(storage.database(), location, new DatabaseUsage(storage.bytes(), 0, 0));
        }
        for (Reading reading : history.missing(node.id(), answer.since())) {
            usage.add(reading.database(), location, new DatabaseUsage(0, reading.rowsRead(), reading.rowsWritten()));
        }
    }

    /// The statements with the most rows, those first that have more.
    List<Query> queries(DatabaseRoute route, Instant from, Instant to) {
        DatabaseId database = route.database().id();
        Map<Node, List<UsageSince>> answers =
                askAll(holders(route.group()), (node, client) -> client.queries(database));
        return catalog.read(sql -> {
            Map<String, Query> byText = new HashMap<>();
            UsageHistory history = UsageHistory.of(sql, from, to, Instant.now());
            history.queries(database).forEach(query -> byText.merge(query.text(), query, Query::plus));
            answers.forEach((node, since) -> history.missing(node.id(), since).stream()
                    .flatMap(reading -> reading.queries().stream())
                    .forEach(query -> byText.merge(query.text(), query, Query::plus)));
            return byText.values().stream()
                    .sorted(Query.MOST_ROWS_FIRST)
                    .limit(QUERIES_MAX)
                    .toList();
        });
    }

    private List<Node> holders(Group group) {
        return group.locations().stream()
                .flatMap(location -> holder(group, location).stream())
                .toList();
    }

    private Optional<Node> holder(Group group, LocationCode location) {
        try {
            return Optional.of(members.node(group.id(), location));
        } catch (RuntimeException e) {
            LOG.warn("group {} at {} cannot tell what its databases use: {}", group.id(), location, e.toString());
            return Optional.empty();
        }
    }

    private <T> Map<Node, T> askAll(Collection<Node> nodes, BiFunction<Node, NodeClient, T> question) {
        Map<Node, Future<T>> asked = new HashMap<>();
        Map<Node, T> answers = new HashMap<>();
        long end = System.nanoTime() + ANSWER.toNanos();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (Node node : nodes) {
                asked.put(node, threads.submit(() -> question.apply(node, members.client(node))));
            }
            asked.forEach((node, answer) -> await(answer, end, node.id()).ifPresent(told -> answers.put(node, told)));
        } finally {
            // Not closed, which would wait for those that hang.
            threads.shutdownNow();
        }
        return answers;
    }

    private static <T> Optional<T> await(Future<T> answer, long end, NodeId node) {
        try {
            return Optional.of(answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("node {} does not tell what its databases use: {}", node, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }
}
