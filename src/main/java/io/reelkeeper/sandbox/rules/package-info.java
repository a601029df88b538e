/// What Agora refuses: every documented field, its type, case and range.
@NullMarked
package io.reelkeeper.sandbox.rules;

import org.jspecify.annotations.NullMarked;
