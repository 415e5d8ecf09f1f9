package io.skerry.platform.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// A member of an object, or a parameter of a query.
///
/// @param always whether it is there in every answer, and has to be there in a request
record Field(String name, ObjectNode schema, boolean always) {

    static Field field(String name, ObjectNode schema) {
        return new Field(name, schema, true);
    }

    static Field maybe(String name, ObjectNode schema) {
        return new Field(name, schema, false);
    }
}
