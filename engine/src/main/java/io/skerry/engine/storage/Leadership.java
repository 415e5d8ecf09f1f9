package io.skerry.engine.storage;

/// Whether this node may write to a group, and the how many-th time it may (or may not): a new count means
/// that another node may have written meanwhile.
record Leadership(boolean leads, int count) {

    static final Leadership NONE = new Leadership(false, 0);

    Leadership changed(boolean leadsNow) {
        return new Leadership(leadsNow, count + 1);
    }
}
