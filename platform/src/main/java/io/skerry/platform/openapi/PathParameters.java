package io.skerry.platform.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/// The parameters of paths: a name means the same in all of them.
final class PathParameters {

    private static final Map<String, String> DESCRIPTIONS = Map.ofEntries(
            Map.entry("organization", "Slug of the organization, or its id"),
            Map.entry("group", "Name of the group"),
            Map.entry("groupId", "Id (`uuid`) of the group"),
            Map.entry("database", "Name of the database"),
            Map.entry("databaseId", "Id (`DbId`) of the database"),
            Map.entry("location", "Code of the location"),
            Map.entry("instance", "Name of the instance, which is the code of its location"),
            Map.entry("username", "Name of the user"),
            Map.entry("token", "Name of the token; its id where the path names an organization"),
            Map.entry("email", "Whom the invitation is for: address, or name of a user"),
            Map.entry("client", "Id of the program"),
            Map.entry("jwks", "Name of the issuer"));

    private PathParameters() {}

    static ObjectNode schema(String name) {
        String description = DESCRIPTIONS.get(name);
        if (description == null) {
            throw new IllegalStateException("a path has a parameter that is not described: " + name);
        }
        return Schema.text(description);
    }
}
