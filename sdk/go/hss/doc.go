// Read Huawei Cloud HSS process-whitelist events in Pulumi programs: whole, exact, fast and safe by default
package hss
