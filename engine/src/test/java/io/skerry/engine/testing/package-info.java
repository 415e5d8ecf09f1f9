/// What the tests of other modules borrow from those of this one.
@NullMarked
package io.skerry.engine.testing;

import org.jspecify.annotations.NullMarked;
