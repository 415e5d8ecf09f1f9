@NullMarked
package io.skerry.server.access;

import org.jspecify.annotations.NullMarked;
