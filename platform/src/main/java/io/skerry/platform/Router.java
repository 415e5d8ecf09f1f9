package io.skerry.platform;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Finds the operation that a method and a path mean.
final class Router {

    /// By number of segments: the table is small, and paths of one length smaller still.
    private final Map<Integer, List<Route>> routes = new HashMap<>();

    Router(List<Operation> operations) {
        for (Operation operation : operations) {
            for (String form : operation.forms()) {
                List<String> pattern = RequestPath.split(form);
                routes.computeIfAbsent(pattern.size(), size -> new ArrayList<>())
                        .add(new Route(pattern, operation));
            }
        }
    }

    record Match(Operation operation, Map<String, String> parameters) {}

    /// Whether any method means something on the path.
    boolean knows(String rawPath) {
        List<String> path = RequestPath.split(rawPath);
        return routes.getOrDefault(path.size(), List.of()).stream().anyMatch(route -> route.matches(path));
    }

    /// Whether it means an operation that reads its body itself.
    boolean streams(String method, String rawPath) {
        List<String> path = RequestPath.split(rawPath);
        return routes.getOrDefault(path.size(), List.of()).stream()
                .anyMatch(route ->
                        route.operation.streams() && route.operation.method().equals(method) && route.matches(path));
    }

    /// @throws ApiException 404 if no operation has such a path, 405 if one has, but not with this method
    Match find(String method, List<String> path) {
        Set<String> allowed = new TreeSet<>();
        for (Route route : routes.getOrDefault(path.size(), List.of())) {
            if (route.matches(path)) {
                if (route.operation.method().equals(method)) {
                    return new Match(route.operation, route.parameters(path));
                }
                allowed.add(route.operation.method());
            }
        }
        throw allowed.isEmpty() ? new ApiException(404, "not found") : ApiException.notAllowed(method, allowed);
    }

    private record Route(List<String> pattern, Operation operation) {

        boolean matches(List<String> path) {
            for (int i = 0; i < pattern.size(); i++) {
                if (!isParameter(pattern.get(i)) && !pattern.get(i).equals(path.get(i))) {
                    return false;
                }
            }
            return true;
        }

        Map<String, String> parameters(List<String> path) {
            Map<String, String> parameters = new HashMap<>();
            for (int i = 0; i < pattern.size(); i++) {
                String segment = pattern.get(i);
                if (isParameter(segment)) {
                    parameters.put(segment.substring(1, segment.length() - 1), path.get(i));
                }
            }
            return parameters;
        }

        private static boolean isParameter(String segment) {
            return segment.startsWith("{");
        }
    }
}
