package io.skerry.sqlite.ffi;

/// What a downcall throws: never a checked exception, but `invokeExact` is declared to.
final class Unexpected {
    private Unexpected() {}

    static RuntimeException from(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }
}
