/// Whether the database is there, asked all the time so that no request has to find out by waiting.
@NullMarked
package io.reelkeeper.api.health;

import org.jspecify.annotations.NullMarked;
