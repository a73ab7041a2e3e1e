// Package overlay is /init, and the commands of s6-overlay that are not of another package.
//
// A container is what is set once, when /init starts: where its state lives (place), the environment, the descriptors.
// Its life goes from the first supervised service to the end: bringUp compiles the services and brings them up,
// runCommand runs the command, takeDown is the way down. The supervision engine has the main goroutine; these stages
// run one after the other on another one, and reach the engine by Engine.Do alone.
//
// The scripts of the stages that an image has changed are run in place of what is done here (changed).
package overlay
