/// The life of one session as a picture and as a story.
@NullMarked
package io.reelkeeper.console.picture;

import org.jspecify.annotations.NullMarked;
