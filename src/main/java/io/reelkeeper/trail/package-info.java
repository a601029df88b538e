/// What is being done, and for which session: as words in the log and as spans in traces.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.reelkeeper.trail;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
