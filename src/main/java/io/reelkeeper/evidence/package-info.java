/// What happened, in time order: the timeline and the calls of a session; reads everything, changes
// nothing.
@ApplicationModule(allowedDependencies = {"core", "session", "provider", "notification", "storage"})
@NullMarked
package io.reelkeeper.evidence;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
