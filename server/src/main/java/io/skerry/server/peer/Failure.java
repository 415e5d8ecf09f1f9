package io.skerry.server.peer;

import io.skerry.catalog.CatalogException;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.raft.MembershipException;
import java.util.Arrays;
import java.util.Optional;

/// A failure on its way from one node to another: what was thrown there is thrown here.
///
/// @param code a name of [Code], [#MEMBERSHIP], or [#CATALOG] with a name of [CatalogException.Reason]
record Failure(String code, String message) {

    private static final String MEMBERSHIP = "MEMBERSHIP";
    private static final String CATALOG = "CATALOG_";

    static Failure of(RuntimeException thrown) {
        return switch (thrown) {
            case DatabaseException e -> new Failure(e.code().name(), text(e));
            case MembershipException e -> new Failure(MEMBERSHIP, text(e));
            case CatalogException e -> new Failure(CATALOG + e.reason().name(), text(e));
            case IllegalArgumentException e -> new Failure(Code.SQL_INPUT_ERROR.name(), text(e));
            default -> new Failure(Code.INTERNAL.name(), thrown.toString());
        };
    }

    RuntimeException toThrow(String node) {
        String text = "node " + node + ": " + message;
        if (code.equals(MEMBERSHIP)) {
            return new MembershipException(text, null);
        }
        if (code.startsWith(CATALOG)) {
            Optional<CatalogException.Reason> reason = Arrays.stream(CatalogException.Reason.values())
                    .filter(r -> code.equals(CATALOG + r.name()))
                    .findFirst();
            if (reason.isPresent()) {
                // For the person who asked, whom nodes do not concern.
                return new CatalogException(reason.get(), message);
            }
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
