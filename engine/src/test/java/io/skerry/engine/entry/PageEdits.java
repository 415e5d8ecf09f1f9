package io.skerry.engine.entry;

import java.util.Random;

/// Pages of various compressibility, and changes of various sizes to them.
final class PageEdits {

    private final Random random;
    private final int pageSize;

    PageEdits(Random random, int pageSize) {
        this.random = random;
        this.pageSize = pageSize;
    }

    byte[] fresh() {
        byte[] page = new byte[pageSize];
        switch (random.nextInt(3)) {
            case 0 -> random.nextBytes(page);
            case 1 -> fill(page, 0, pageSize / 2);
            default -> fill(page, pageSize / 4, pageSize);
        }
        return page;
    }

    /// A copy with nothing, a few bytes, some stretches or everything changed; both ends of the page included.
    byte[] edited(byte[] page) {
        byte[] copy = page.clone();
        int changes = random.nextInt(5) == 0 ? 0 : random.nextInt(random.nextBoolean() ? 4 : 60);
        for (int i = 0; i < changes; i++) {
            int from = random.nextInt(pageSize);
            fill(copy, from, Math.min(pageSize, from + 1 + random.nextInt(40)));
        }
        if (random.nextInt(4) == 0) {
            copy[0]++;
            copy[pageSize - 1]++;
        }
        if (random.nextInt(10) == 0) {
            random.nextBytes(copy);
        }
        return copy;
    }

    /// Text of few letters, which compresses.
    private void fill(byte[] page, int from, int to) {
        for (int i = from; i < to; i++) {
            page[i] = (byte) ('a' + random.nextInt(16));
        }
    }
}
