package io.skerry.server.peer;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.raft.MembershipException;
import java.util.Arrays;

/// A failure on its way from one node to another: what was thrown there is thrown here.
///
/// @param code a name of [Code], or [#MEMBERSHIP]
record Failure(String code, String message) {

    private static final String MEMBERSHIP = "MEMBERSHIP";

    static Failure of(RuntimeException thrown) {
        return switch (thrown) {
            case DatabaseException e -> new Failure(e.code().name(), text(e));
            case MembershipException e -> new Failure(MEMBERSHIP, text(e));
            case IllegalArgumentException e -> new Failure(Code.SQL_INPUT_ERROR.name(), text(e));
            default -> new Failure(Code.INTERNAL.name(), thrown.toString());
        };
    }

    RuntimeException toThrow(String node) {
        String text = "node " + node + ": " + message;
        if (code.equals(MEMBERSHIP)) {
            return new MembershipException(text, null);
        }
        Code known = Arrays.stream(Code.values())
                .filter(c -> c.name().equals(code))
                .findFirst()
                .orElse(Code.INTERNAL);
        return new DatabaseException(known, text);
    }

    private static String text(RuntimeException e) {
        return String.valueOf(e.getMessage());
    }
}
