package io.skerry.engine.query;

/// The engine's own work between transactions; needs no connection.
final class TaskJob extends WriterJob {

    private final Runnable task;

    TaskJob(Runnable task) {
        super(null);
        this.task = task;
    }

    void run() {
        try {
            task.run();
            end(null);
        } catch (RuntimeException | Error e) {
            end(e);
        }
    }

    @Override
    void run(WriterContext context) {
        task.run();
    }
}
