package rc

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdS6Rc,
	&cmdS6RcBundle,
	&cmdS6RcCompile,
	&cmdS6RcDb,
	&cmdS6RcDryrun,
	&cmdS6RcFdholderFiller,
	&cmdS6RcFormatUpgrade,
	&cmdS6RcInit,
	&cmdS6RcOneshotRun,
	&cmdS6RcRepoInit,
	&cmdS6RcRepoList,
	&cmdS6RcRepoSync,
	&cmdS6RcSetChange,
	&cmdS6RcSetCommit,
	&cmdS6RcSetCopy,
	&cmdS6RcSetDelete,
	&cmdS6RcSetFix,
	&cmdS6RcSetInstall,
	&cmdS6RcSetNew,
	&cmdS6RcSetStatus,
	&cmdS6RcUpdate,
}
