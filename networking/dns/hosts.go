package dns

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/cdb"
	"s6box/internal/inet"
	"s6box/internal/sys"
)

// HostsFile is the hosts(5) file, HostsDatabase what s6-dns-hosts-compile makes of it.
const (
	HostsFile     = "/etc/hosts"
	HostsDatabase = "/etc/hosts.cdb"
	LargestHosts  = 256 << 20
)

// Hosts is a compiled hosts(5) file. It has the addresses of the first names of lines, which are whole ones, under a4:NAME. and
// a6:NAME., those of the others under u4:NAME and u6:NAME, and the names of addresses, each with a NUL at its end, under p4:IP
// and p6:IP. The zero value is that of a file without lines.
type Hosts struct{ db *cdb.Reader }

// readHosts reads the hosts database, or, unless that is newer, compiles the hosts file: lines of it that make no sense
// don't count. The error may be cdb.ErrCorrupt.
func readHosts() (Hosts, error) {
	var text, database unix.Stat_t
	textErr := unix.Fstatat(sys.AT, HostsFile, &text, 0)
	if err := unix.Fstatat(sys.AT, HostsDatabase, &database, 0); err == nil && (textErr != nil || text.Mtim.Nano() < database.Mtim.Nano()) {
		db, err := cdb.Open(sys.AT, HostsDatabase)
		return Hosts{db}, err
	}
	data, err := sys.ReadFile(sys.AT, HostsFile, LargestHosts)
	if err != nil && err != unix.ENOENT {
		return Hosts{}, err
	}
	return parseHosts(string(data))
}

func parseHosts(text string) (Hosts, error) {
	var h hostsTable
	h.read(text)
	data, err := h.compile()
	if err != nil {
		return Hosts{}, err
	}
	db, err := cdb.New(data)
	return Hosts{db}, err
}

// CompileHosts makes the hosts database of the text of a hosts file. The error tells the line.
func CompileHosts(text string) ([]byte, error) {
	var h hostsTable
	if err := h.read(text); err != nil {
		return nil, err
	}
	return h.compile()
}

func (h Hosts) get(key string) string {
	if h.db == nil {
		return ""
	}
	value, _, _ := h.db.Get([]byte(key))
	return string(value)
}

func (h Hosts) ips(kind, name string, v4, v6 bool) (ips []inet.Addr) {
	for _, family := range []struct {
		wanted bool
		letter string
		size   int
	}{{v4, "4:", 4}, {v6, "6:", 16}} {
		if !family.wanted {
			continue
		}
		for ip := range slices.Chunk([]byte(h.get(kind+family.letter+name)), family.size) {
			if ip, ok := inet.AddrOf(ip); ok {
				ips = append(ips, ip)
			}
		}
	}
	return ips
}

// Addresses are those of a whole name, with or without a dot at its end.
func (h Hosts) Addresses(name string, v4, v6 bool) []inet.Addr {
	name, err := full(name)
	if err != nil {
		return nil
	}
	return h.ips("a", name, v4, v6)
}

// Aliased are the addresses of a name as it is, which is not the first in its line.
func (h Hosts) Aliased(name string, v4, v6 bool) []inet.Addr {
	return h.ips("u", string(lower([]byte(name))), v4, v6)
}

// Names are those of an address. The first of a line has a dot at its end.
func (h Hosts) Names(ip inet.Addr) []string {
	names := h.get("p" + family(ip) + string(ip.Bytes()))
	return strings.FieldsFunc(names, func(c rune) bool { return c == 0 })
}

func family(ip inet.Addr) string {
	if ip.Is4() {
		return "4:"
	}
	return "6:"
}

// hostsTable is a hosts file on its way to a database.
type hostsTable struct {
	keys   []string
	values map[string][]byte // of the keys
	known  map[string]bool   // key and value
}

func (h *hostsTable) add(key, value string) {
	if h.values == nil {
		h.values, h.known = map[string][]byte{}, map[string]bool{}
	}
	if h.values[key] == nil {
		h.keys = append(h.keys, key)
	}
	if pair := key + "\x00" + value; !h.known[pair] {
		h.known[pair] = true
		h.values[key] = append(h.values[key], value...)
	}
}

// read adds the lines of a text. The error is that of the first line that makes no sense.
func (h *hostsTable) read(text string) (err error) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		if fail := h.line(strings.Fields(line)); fail != nil && err == nil {
			err = fmt.Errorf("line %d: %w", n, fail)
		}
	}
	return err
}

// line adds a line. That of an address of one interface is of no use.
func (h *hostsTable) line(words []string) error {
	if len(words) == 0 {
		return nil
	}
	ip, ok := inet.ParseAddr(words[0])
	if !ok {
		return fmt.Errorf("%s is no IP address", words[0])
	}
	if ip.Zone() != "" || len(words) == 1 {
		return nil
	}
	raw := string(ip.Bytes())
	for i, word := range words[1:] {
		name, kind := string(lower([]byte(word))), "u"
		if i == 0 {
			if name, kind = strings.TrimRight(name, ".")+".", "a"; name == "." {
				return fmt.Errorf("%s is no name of a host", word)
			}
		}
		h.add(kind+family(ip)+name, raw)
		h.add("p"+family(ip)+raw, name+"\x00")
	}
	return nil
}

// compile makes the database. Its records have the order that the C program gives them: name by name the others and the first
// ones, of each IPv4 before IPv6, then the addresses.
func (h *hostsTable) compile() ([]byte, error) {
	var w cdb.Writer
	add := func(key string) {
		if value := h.values[key]; value != nil {
			w.Add([]byte(key), value)
			delete(h.values, key)
		}
	}
	for _, kind := range []string{"u", "a", "p4:", "p6:"} {
		for _, key := range h.keys {
			if !strings.HasPrefix(key, kind) {
				continue
			}
			if name := key[len("u4:"):]; len(kind) == 1 {
				add(kind + "4:" + name)
				add(kind + "6:" + name)
			}
			add(key)
		}
	}
	return w.Bytes()
}
