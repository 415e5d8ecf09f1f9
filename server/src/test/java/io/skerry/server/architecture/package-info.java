@NullMarked
package io.skerry.server.architecture;

import org.jspecify.annotations.NullMarked;
