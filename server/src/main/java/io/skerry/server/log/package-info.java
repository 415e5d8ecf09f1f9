/// How log lines look and what must never stand in them.
@NullMarked
package io.skerry.server.log;

import org.jspecify.annotations.NullMarked;
