package io.skerry.catalog.testing;

/// A process that dies at the n-th of the steps that report to it. Dying is an [Error]: no code that tidies up
/// after exceptions runs, as none would.
public final class Crash {

    private int stepsLeft = Integer.MAX_VALUE;

    /// The n-th step from now, counted from 0, will be the last.
    public void at(int steps) {
        stepsLeft = steps;
    }

    public void never() {
        stepsLeft = Integer.MAX_VALUE;
    }

    synchronized void step(String what) {
        if (stepsLeft == Integer.MAX_VALUE) {
            return;
        }
        if (stepsLeft-- == 0) {
            never();
            throw new Died(what);
        }
    }

    public static final class Died extends Error {
        private static final long serialVersionUID = 1L;

        Died(String where) {
            super("the process dies: " + where);
        }
    }
}
