/// What the pages show, read from the database and put into words; changes nothing.
@NullMarked
package io.reelkeeper.console.look;

import org.jspecify.annotations.NullMarked;
