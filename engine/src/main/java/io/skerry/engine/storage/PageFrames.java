package io.skerry.engine.storage;

import java.util.Arrays;

/// A map from page number to the WAL frame of its newest committed image, for the pages that were touched in
/// the present epoch. Open addressing over two int arrays: the commit path neither boxes nor allocates per
/// page.
final class PageFrames {

    private static final int CAPACITY_MIN = 16;

    /// A map that grew beyond this is given back when it is cleared.
    private static final int CAPACITY_KEPT = 1024;

    // Page numbers count from 1, so 0 marks a free slot.
    private int[] pages = new int[CAPACITY_MIN];
    private int[] frames = new int[CAPACITY_MIN];
    private int size;

    /// @return the frame, or 0 if the page was not touched
    int get(int page) {
        return frames[slot(page)];
    }

    void put(int page, int frame) {
        int slot = slot(page);
        if (pages[slot] == 0) {
            if (2 * (size + 1) > pages.length) {
                resize(2 * pages.length);
                slot = slot(page);
            }
            pages[slot] = page;
            size++;
        }
        frames[slot] = frame;
    }

    /// Forgets the pages beyond `last`: if they come back, nothing is known of them.
    void truncate(int last) {
        boolean shrinks = false;
        for (int page : pages) {
            shrinks |= Integer.compareUnsigned(page, last) > 0;
        }
        if (!shrinks) {
            return;
        }
        int[] oldPages = pages;
        int[] oldFrames = frames;
        pages = new int[oldPages.length];
        frames = new int[oldPages.length];
        size = 0;
        for (int i = 0; i < oldPages.length; i++) {
            if (oldPages[i] != 0 && Integer.compareUnsigned(oldPages[i], last) <= 0) {
                put(oldPages[i], oldFrames[i]);
            }
        }
    }

    void clear() {
        if (pages.length > CAPACITY_KEPT) {
            pages = new int[CAPACITY_MIN];
            frames = new int[CAPACITY_MIN];
        } else if (size > 0) {
            Arrays.fill(pages, 0);
            Arrays.fill(frames, 0);
        }
        size = 0;
    }

    /// The slot of the page, or the free one where it belongs; there always is one, half of them are free.
    private int slot(int page) {
        int mask = pages.length - 1;
        int slot = (page * 0x9E3779B9 >>> 7) & mask;
        while (pages[slot] != page && pages[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void resize(int capacity) {
        int[] oldPages = pages;
        int[] oldFrames = frames;
        pages = new int[capacity];
        frames = new int[capacity];
        for (int i = 0; i < oldPages.length; i++) {
            if (oldPages[i] != 0) {
                int slot = slot(oldPages[i]);
                pages[slot] = oldPages[i];
                frames[slot] = oldFrames[i];
            }
        }
    }
}
