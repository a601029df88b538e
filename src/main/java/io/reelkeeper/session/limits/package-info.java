/// What an App ID has for recorders: UIDs and workers.
@NullMarked
package io.reelkeeper.session.limits;

import org.jspecify.annotations.NullMarked;
