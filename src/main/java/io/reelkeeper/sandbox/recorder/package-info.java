/// The life of one recorder: its components, what it hears, what it uploads, what it tells.
@NullMarked
package io.reelkeeper.sandbox.recorder;

import org.jspecify.annotations.NullMarked;
