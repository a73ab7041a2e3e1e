package dns

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"s6box/internal/inet"
)

// Ask has caches answer a question. The answer may be that there is no such domain.
func (r *Resolver) Ask(name string, t Type, deadline time.Time) (Message, error) {
	q, err := Start(r.Servers, name, t, true, deadline)
	if err != nil {
		return nil, err
	}
	return q.Wait()
}

// askAll asks for records of several types at once.
func (r *Resolver) askAll(name string, types []Type, deadline time.Time) (answers []Message, errs []error) {
	answers, errs = make([]Message, len(types)), make([]error, len(types))
	var pool Pool
	for i, t := range types {
		q, err := Start(r.Servers, name, t, true, deadline)
		if errs[i] = err; err == nil {
			pool.Add(q, func(answer Message, err error) { answers[i], errs[i] = answer, err })
		}
	}
	for pool.Len() > 0 {
		if err := pool.Wait(nil); err != nil {
			return answers, slices.Repeat([]error{err}, len(types))
		}
	}
	return answers, errs
}

// Records returns the records of a type that a name has: ErrNoDomain if there is no such name.
func (r *Resolver) Records(name string, t Type, deadline time.Time) ([]Record, error) {
	answer, err := r.Ask(name, t, deadline)
	return answer.Records(t, err)
}

// Records are those of a type in an answer, if there is one and no err: ErrNoDomain if there is no such name.
func (m Message) Records(t Type, err error) ([]Record, error) {
	if err != nil {
		return nil, err
	}
	if m.code() == codeNoDomain {
		return nil, ErrNoDomain
	}
	return m.Answers(t)
}

// ips asks the DNS for addresses. If it has some, it does not matter that others can't be had.
func (r *Resolver) ips(name string, v4, v6 bool, deadline time.Time) (ips []inet.Addr, err error) {
	var types []Type
	if v6 {
		types = append(types, AAAA)
	}
	if v4 {
		types = append(types, A)
	}
	answers, errs := r.askAll(name, types, deadline)
	for i, t := range types {
		recs, fail := answers[i].Records(t, errs[i])
		if fail != nil && (err == nil || err == ErrNoDomain) {
			err = fail
		}
		ips = append(ips, addressesOf(recs)...)
	}
	if len(ips) > 0 {
		err = nil
	}
	return ips, err
}

// addressesOf are the addresses in the records that have one.
func addressesOf(records []Record) (ips []inet.Addr) {
	for _, rec := range records {
		if ip, ok := rec.IP(); ok {
			ips = append(ips, ip)
		}
	}
	return ips
}

// Names returns the names of an address. Those that the DNS has end in a dot, and those of the hosts database if they
// are whole names.
func (r *Resolver) Names(ip inet.Addr, deadline time.Time) ([]string, error) {
	if names := r.Hosts.Names(ip); len(names) > 0 {
		return names, nil
	}
	recs, err := r.Records(Arpa(ip), PTR, deadline)
	if err != nil {
		return nil, err
	}
	return Texts(recs)
}

// Texts are the data of records as text.
func Texts(records []Record) (texts []string, err error) {
	for _, rec := range records {
		text, err := rec.Text()
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// Arpa is the name under which the DNS keeps the names of an address.
func Arpa(ip inet.Addr) string {
	var out strings.Builder
	b := ip.Bytes()
	if ip.Is4() {
		for i := range b {
			out.WriteString(strconv.Itoa(int(b[3-i])) + ".")
		}
		return out.String() + "in-addr.arpa"
	}
	digits := hex.EncodeToString(b)
	for i := range digits {
		out.WriteString(digits[len(digits)-1-i:len(digits)-i] + ".")
	}
	return out.String() + "ip6.arpa"
}
