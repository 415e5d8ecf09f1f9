package io.skerry.server.demo;

/// A step of the story that did not do what it should.
public final class DemoException extends Exception {

    private static final long serialVersionUID = 1L;

    DemoException(String message) {
        super(message);
    }
}
