package io.skerry.platform.openapi;

import java.util.List;

/// What the table of operations says of one.
///
/// @param path as in the table; one that starts with `P` has two forms
/// @param forms every form of the path
/// @param right its name
/// @param needsToken whether a caller has to show a token
/// @param anyToken whether any live token is enough, so that nobody gets 403
/// @param inOrganization whether it happens inside an organization
/// @param led whether it has to be carried out by one node of the cluster
public record Served(
        String method,
        String path,
        List<String> forms,
        String right,
        boolean needsToken,
        boolean anyToken,
        boolean inOrganization,
        boolean led) {

    String route() {
        return method + " " + path;
    }
}
