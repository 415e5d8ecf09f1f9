package io.skerry.server.process;

/// Repeats what a test asserts until it holds, for a bounded time: for what is answered before it is
/// done everywhere.
final class Await {

    interface Assertion {
        void check() throws Exception;
    }

    private Await() {}

    static void until(Assertion assertion) throws Exception {
        Soon soon = new Soon(true);
        while (true) {
            try {
                assertion.check();
                return;
            } catch (AssertionError notYet) {
                if (!soon.again()) {
                    throw notYet;
                }
            }
        }
    }
}
